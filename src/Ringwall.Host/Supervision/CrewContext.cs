using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Responses;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Supervision;

/// <summary>Takes a finding that a sensor sent. False: it makes no sense.</summary>
internal delegate bool FindingReport(FindingSource source, ReadOnlySpan<byte> message);

/// <summary>How many events a seated sensor was told, and how many it lost on the way.</summary>
internal delegate (long Told, long Lost) TellFigures(SensorSeat seat);

/// <summary>What a crew works with.</summary>
internal sealed record CrewContext
{
    /// <summary>Those that are to run; <see cref="SensorCrew.Check"/> says whether they can.</summary>
    public required IReadOnlyList<SensorConfiguration> Sensors { get; init; }

    public required SandboxPlace Place { get; init; }

    public required IServiceSeats Service { get; init; }

    /// <summary>Where a sensor is put when it is ready: in service, or where its generation stands.</summary>
    public ISeats Seats
    {
        get => field ?? Service;
        init;
    }

    /// <summary>What is installed; null where generations are not kept.</summary>
    public GenerationStore? Store { get; init; }

    public SuccessionPolicy Succession { get; init; } = new();

    /// <summary>How a new generation is tried; null where it is not.</summary>
    public StartTrial? Trials { get; init; }

    /// <summary>A sensor's generation went into service. The succession thread; must not wait.</summary>
    public Action<string, long> Promoted { get; init; } = (_, _) => { };

    /// <summary>A sensor fell back. The succession thread; must not wait.</summary>
    public Action<FallbackEvent> FellBack { get; init; } = _ => { };

    /// <summary>A generation failed in service: the sensor's name, the generation, and at what. The succession thread; must not wait.</summary>
    public Action<string, long, string> Failed { get; init; } = (_, _, _) => { };

    /// <summary>Throws <see cref="SandboxException"/> when the generation's files are not what was installed. Called before each start.</summary>
    public Action<SensorConfiguration> Verify { get; init; } = _ => { };

    /// <summary>Hears of each strike, on the sensor's thread. Must not wait.</summary>
    public Action<Strike> Struck { get; init; } = _ => { };

    /// <summary>How much each generation may deny; null where that is not bounded.</summary>
    public DenyBudgets? Budgets { get; init; }

    public required FindingReport Findings { get; init; }

    /// <summary>Takes what sensors request; null where nothing can be requested.</summary>
    public IRequestDesk? Requests { get; init; }

    public TellFigures ToldAndLost { get; init; } = _ => (0, 0);

    /// <summary>What may be asked and told at all; a sensor is granted what it wants of this.</summary>
    public AskKinds Asks { get; init; } = AskKinds.Exec | AskKinds.Open;

    public TellKinds Tells { get; init; } = TellKinds.Process | TellKinds.File | TellKinds.Network;

    /// <summary>For the welcome.</summary>
    public AskPolicies Policies { get; init; } = AskPolicies.Default;

    public required string HostVersion { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public RestartPolicy Restarts { get; init; } = new();

    public HealthLimits Health { get; init; } = new();

    /// <summary>Where the host says what happens to sensors, one line each.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Now, on a clock that never jumps.</summary>
    public TimeSpan Now => Clock.GetElapsedTime(0);
}
