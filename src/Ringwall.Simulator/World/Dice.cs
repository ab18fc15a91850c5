namespace Ringwall.Simulator;

/// <summary>Repeatable randomness: splitmix64 (Steele, Lea and Flood 2014). Every draw depends on the seed and the draws before it, nothing else.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>A number in [0, 1) that belongs to a thing for ever, such as a device's coin for one fault.</summary>
    public static double Coin(ulong seed, ulong thing) => (Mix(Mix(seed) ^ thing) >> 11) * (1.0 / (1UL << 53));

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state - 0x9E3779B97F4A7C15);
    }

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int limit) => (int)(Unit() * limit);

    public double Normal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - Unit()));
        return radius * Math.Cos(2 * Math.PI * Unit());
    }

    public int Poisson(double mean)
    {
        if (mean <= 0)
        {
            return 0;
        }

        if (mean > 60)
        {
            return Math.Max(0, (int)Math.Round(mean + Math.Sqrt(mean) * Normal()));
        }

        double u = Unit();
        double p = Math.Exp(-mean);
        int k = 0;
        while (u > p && k < 1000)
        {
            u -= p;
            k++;
            p *= mean / k;
        }

        return k;
    }
}
