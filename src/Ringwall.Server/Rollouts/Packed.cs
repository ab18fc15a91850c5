using System.IO.Compression;
using System.Text.Json;
using Ringwall.Rollouts;

namespace Ringwall.Server.Rollouts;

/// <summary>Windows and records as they are stored: JSON, compressed, because most of their numbers are zero and there is one of each a minute.</summary>
internal static class Packed
{
    public static byte[] Of(EvidenceWindow window) => Compress(JsonSerializer.SerializeToUtf8Bytes(new WindowRecord
    {
        Minute = window.Minute,
        ControlAtRisk = window.ControlAtRisk,
        ExposedAtRisk = window.ExposedAtRisk,
        SoakingAtRisk = window.SoakingAtRisk,
        MaturedAtRisk = window.MaturedAtRisk,
        NewlyMatured = window.NewlyMatured,
        NewlyHarmed = window.NewlyHarmed,
        HarmedLater = window.HarmedLater,
        ControlHarmed = window.ControlHarmed,
        Sightings = [.. window.Sightings.Select(sighting => (int[])[sighting.Stratum, sighting.Measure, sighting.Age, sighting.Devices])],
        Others = [window.ControlReportsDue, window.ControlReportsCame, window.SetAside, window.Reports],
    }));

    public static EvidenceWindow Window(byte[] packed)
    {
        WindowRecord record = JsonSerializer.Deserialize<WindowRecord>(Decompress(packed))!;
        EvidenceWindow window = new(record.ControlAtRisk.Length)
        {
            Minute = record.Minute,
            ControlReportsDue = record.Others[0],
            ControlReportsCame = record.Others[1],
            SetAside = record.Others[2],
            Reports = record.Others[3],
        };
        record.ControlAtRisk.CopyTo(window.ControlAtRisk, 0);
        record.ExposedAtRisk.CopyTo(window.ExposedAtRisk, 0);
        record.SoakingAtRisk.CopyTo(window.SoakingAtRisk, 0);
        record.MaturedAtRisk.CopyTo(window.MaturedAtRisk, 0);
        record.NewlyMatured.CopyTo(window.NewlyMatured, 0);
        record.NewlyHarmed.CopyTo(window.NewlyHarmed, 0);
        record.HarmedLater.CopyTo(window.HarmedLater, 0);
        record.ControlHarmed.CopyTo(window.ControlHarmed, 0);
        window.Sightings.AddRange(record.Sightings.Select(sighting => new Sighting(sighting[0], sighting[1], sighting[2], sighting[3])));
        return window;
    }

    public static byte[] Compress(ReadOnlySpan<byte> json)
    {
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(json.Length)];
        return BrotliEncoder.TryCompress(json, packed, out int written, quality: 4, window: 18) ? packed[..written] : throw new InvalidOperationException("Brotli refused.");
    }

    public static byte[] Decompress(byte[] packed)
    {
        using BrotliStream from = new(new MemoryStream(packed), CompressionMode.Decompress);
        using MemoryStream json = new();
        from.CopyTo(json);
        return json.ToArray();
    }

    private sealed record WindowRecord
    {
        public required long Minute { get; init; }

        public required long[] ControlAtRisk { get; init; }

        public required long[] ExposedAtRisk { get; init; }

        public required long[] SoakingAtRisk { get; init; }

        public required long[] MaturedAtRisk { get; init; }

        public required int[] NewlyMatured { get; init; }

        public required int[] NewlyHarmed { get; init; }

        public required int[] HarmedLater { get; init; }

        public required int[] ControlHarmed { get; init; }

        public required int[][] Sightings { get; init; }

        public required long[] Others { get; init; }
    }
}
