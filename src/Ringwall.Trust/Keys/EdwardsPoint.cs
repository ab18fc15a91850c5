using System.Numerics;

namespace Ringwall.Trust;

/// <summary>
/// A point of edwards25519 in extended coordinates (RFC 8032, sections 5.1.2 to 5.1.4): x = X/Z, y = Y/Z, xy = T/Z. Takes as long as the numbers need: for public ones only.
/// </summary>
internal readonly struct EdwardsPoint
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Modulo(-121665 * Inverse(121666));
    private static readonly BigInteger TwoD = Modulo(2 * D);
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);

    private readonly BigInteger _x;
    private readonly BigInteger _y;
    private readonly BigInteger _z;
    private readonly BigInteger _t;

    private EdwardsPoint(BigInteger x, BigInteger y, BigInteger z, BigInteger t)
    {
        _x = x;
        _y = y;
        _z = z;
        _t = t;
    }

    /// <summary>The number of points that the base point generates.</summary>
    public static BigInteger Order { get; } = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    public static EdwardsPoint Zero { get; } = new(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);

    /// <summary>The base point: y = 4/5, x even.</summary>
    public static EdwardsPoint Base { get; } = OfBase();

    /// <summary>Whether eight times the point is nothing.</summary>
    public bool HasSmallOrder
    {
        get
        {
            EdwardsPoint eight = Double().Double().Double();
            return eight._x.IsZero && eight._y == eight._z;
        }
    }

    /// <summary>Null if the 32 bytes encode no point, or not in the one way that they should.</summary>
    public static EdwardsPoint? TryDecode(ReadOnlySpan<byte> bytes)
    {
        Span<byte> low = stackalloc byte[32];
        bytes.CopyTo(low);
        bool odd = (low[31] & 0x80) != 0;
        low[31] &= 0x7f;
        BigInteger y = new(low, isUnsigned: true);
        if (y >= P)
        {
            return null;
        }

        // x² = (y² − 1) / (dy² + 1)
        BigInteger square = Modulo(y * y);
        BigInteger u = Modulo(square - 1);
        BigInteger v = Modulo(D * square + 1);
        BigInteger x = SquareRoot(u, v);
        if (Modulo(v * x * x) != u || (x.IsZero && odd))
        {
            return null;
        }

        if (x.IsEven == odd)
        {
            x = P - x;
        }

        return new EdwardsPoint(x, y, BigInteger.One, Modulo(x * y));
    }

    public byte[] Encode()
    {
        BigInteger inverse = Inverse(_z);
        BigInteger x = Modulo(_x * inverse);
        BigInteger y = Modulo(_y * inverse);
        byte[] bytes = new byte[32];
        y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= x.IsEven ? (byte)0 : (byte)0x80;
        return bytes;
    }

    public EdwardsPoint Negate() => new(Modulo(-_x), _y, _z, Modulo(-_t));

    /// <summary>a·A + b·B, both at once.</summary>
    public static EdwardsPoint SumOfMultiples(BigInteger a, EdwardsPoint pointA, BigInteger b, EdwardsPoint pointB)
    {
        EdwardsPoint both = pointA.Add(pointB);
        EdwardsPoint sum = Zero;
        for (int bit = 255; bit >= 0; bit--)
        {
            sum = sum.Double();
            bool inA = !((a >> bit) & 1).IsZero;
            bool inB = !((b >> bit) & 1).IsZero;
            if (inA || inB)
            {
                sum = sum.Add(inA && inB ? both : inA ? pointA : pointB);
            }
        }

        return sum;
    }

    // RFC 8032, section 5.1.4: complete for all pairs of points.
    public EdwardsPoint Add(EdwardsPoint other)
    {
        BigInteger a = Modulo((_y - _x) * (other._y - other._x));
        BigInteger b = Modulo((_y + _x) * (other._y + other._x));
        BigInteger c = Modulo(_t * TwoD * other._t);
        BigInteger d = Modulo(2 * _z * other._z);
        return Joined(b - a, d - c, d + c, b + a);
    }

    public EdwardsPoint Double()
    {
        BigInteger a = Modulo(_x * _x);
        BigInteger b = Modulo(_y * _y);
        BigInteger c = Modulo(2 * _z * _z);
        BigInteger h = a + b;
        BigInteger sum = _x + _y;
        BigInteger e = Modulo(h - sum * sum);
        BigInteger g = a - b;
        return Joined(e, c + g, g, h);
    }

    private static EdwardsPoint Joined(BigInteger e, BigInteger f, BigInteger g, BigInteger h) => new(Modulo(e * f), Modulo(g * h), Modulo(f * g), Modulo(e * h));

    private static EdwardsPoint OfBase()
    {
        byte[] encoded = new byte[32];
        Modulo(4 * Inverse(5)).TryWriteBytes(encoded, out _, isUnsigned: true);
        return TryDecode(encoded)!.Value;
    }

    // RFC 8032, section 5.1.3: (u/v)^((p+3)/8), or that times the root of −1. Whether it is a root at all, the caller tries.
    private static BigInteger SquareRoot(BigInteger u, BigInteger v)
    {
        BigInteger candidate = Modulo(u * Inverse(v));
        BigInteger root = BigInteger.ModPow(candidate, (P + 3) / 8, P);
        return Modulo(v * root * root) == u ? root : Modulo(root * RootOfMinusOne);
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Modulo(value), P - 2, P);

    private static BigInteger Modulo(BigInteger value)
    {
        BigInteger rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }
}
