using System.Text;

namespace Ringwall.Wire.Status;

/// <summary>A doctor's report for people: at most 80 columns, the same from the host and from the command line.</summary>
public static class DoctorText
{
    private const int Columns = 80;
    private const int Indent = 8;

    public static string Of(DoctorReport report)
    {
        StringBuilder text = new();
        text.Append("Ringwall ").Append(report.Version).Append(" on Linux ").AppendLine(report.Kernel);
        text.AppendLine(report.CanGuard ? "This machine can be guarded." : "This machine cannot be guarded: see what is marked with !! below.");
        text.AppendLine();
        foreach (FeatureReport feature in report.Features)
        {
            string mark = feature.Available switch { "yes" => " ok", "no" => feature.Needed ? " !!" : " no", _ => "  ?" };
            text.Append(mark).Append("  ").Append(feature.Name);
            text.AppendLine(feature.For.Length == 0 ? "" : $" - {feature.For}");
            Wrapped(text, feature.Seen);
            Wrapped(text, feature.Instead is null ? "" : $"instead: {feature.Instead}");
            Wrapped(text, feature.Remedy is null ? "" : $"remedy: {feature.Remedy}");
        }

        return text.ToString().TrimEnd();
    }

    private static void Wrapped(StringBuilder text, string words)
    {
        if (words.Length == 0)
        {
            return;
        }

        int column = 0;
        foreach (string word in words.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > Columns)
            {
                text.Append(column == 0 ? "" : Environment.NewLine).Append(' ', Indent).Append(word);
                column = Indent + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        text.AppendLine();
    }
}
