using System.Collections.Concurrent;
using Ringwall.Contract;
using Ringwall.Host.Responses;

namespace Ringwall.Host.Tests.Supervision;

/// <summary>A request of a real sensor comes to the desk, and its outcome back to the sensor.</summary>
[Collection("kernel")]
public sealed class RequestTests
{
    [Fact]
    public void A_request_comes_with_who_made_it_and_what_it_may_and_its_outcome_goes_back()
    {
        using CrewAtWork work = new() { Requests = new Refusing() };
        string name = work.Add("request");
        work.Start();
        work.Await(name, _ => work.Findings.Contains($"{name}: not-granted"), "the sensor hears of the outcome");
        (ResponseRequester from, RequestMessage request) = Assert.Single(((Refusing)work.Requests).Taken);
        Assert.Equal((name, ResponseKinds.None), (from.Source.Name, from.Granted));
        Assert.Equal((12UL, ResponseKind.Isolate, "it spreads"), (request.Number, request.Kind, request.Reason));
        Assert.Empty(work.Of(name).Strikes);
    }

    [Fact]
    public void An_outcome_for_a_sensor_that_has_ended_goes_nowhere()
    {
        Refusing desk = new() { Answers = false };
        using (CrewAtWork work = new() { Requests = desk })
        {
            string name = work.Add("request");
            work.Start();
            work.Await(name, _ => !desk.Taken.IsEmpty, "the request comes");
        }

        Assert.False(desk.Taken.Single().From.Answer(new OutcomeMessage { Number = 12, Outcome = ResponseOutcome.Done }));
    }

    private sealed class Refusing : IRequestDesk
    {
        public bool Answers { get; init; } = true;

        public ConcurrentQueue<(ResponseRequester From, RequestMessage Request)> Taken { get; } = new();

        public bool Take(ResponseRequester from, ReadOnlySpan<byte> message)
        {
            bool good = RequestMessage.TryRead(message, out RequestMessage request);
            Taken.Enqueue((from, request));
            if (Answers)
            {
                Assert.True(from.Answer(new OutcomeMessage { Number = request.Number, Outcome = ResponseOutcome.Refused, Reason = "not-granted" }));
            }

            return good;
        }
    }
}
