namespace Ringwall.Rollouts;

/// <summary>The measures that every device reports. Sensors may bring more; the rules take any number.</summary>
public static class Measures
{
    private const double Day = 24 * 60;

    public static Measure[] Standard { get; } =
    [
        new("crash", IsHarm: true, UsualRate: 1e-4 / Day, Weight: 3),
        new("quarantine", IsHarm: true, UsualRate: 2e-5 / Day, Weight: 3),
        new("fallback verdicts", IsHarm: true, UsualRate: 5e-5 / Day, Weight: 3),
        new("deny budget spent", IsHarm: true, UsualRate: 5e-5 / Day, Weight: 3),
        new("boot recovery", IsHarm: true, UsualRate: 2e-5 / Day, Weight: 3),
        new("gone dark", IsHarm: true, UsualRate: 1e-3 / Day, Weight: 3),
        new("processor time", IsHarm: false, UsualRate: 5e-3 / Day, Weight: 1),
        new("memory", IsHarm: false, UsualRate: 5e-3 / Day, Weight: 1),
        new("latency", IsHarm: false, UsualRate: 1e-2 / Day, Weight: 1),
        new("senseless reports", IsHarm: false, UsualRate: 1e-3 / Day, Weight: 1),
    ];

    public const int Crash = 0;
    public const int Quarantine = 1;
    public const int Fallback = 2;
    public const int DenyBudget = 3;
    public const int BootRecovery = 4;
    public const int Dark = 5;
    public const int Processor = 6;
    public const int Memory = 7;
    public const int Latency = 8;
    public const int Senseless = 9;
}
