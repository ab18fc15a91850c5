namespace Ringwall.Sensors.Sigma.Language;

/// <summary>Names of the categories as rules and replayed events write them.</summary>
internal static class SigmaCategories
{
    public const int Count = 3;

    public static string NameOf(SigmaCategory category) => category switch
    {
        SigmaCategory.ProcessCreation => "process_creation",
        SigmaCategory.FileEvent => "file_event",
        _ => "network_connection",
    };

    public static bool TryParse(string name, out SigmaCategory category)
    {
        for (int i = 0; i < Count; i++)
        {
            category = (SigmaCategory)i;
            if (string.Equals(name, NameOf(category), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        category = default;
        return false;
    }
}
