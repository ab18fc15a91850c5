namespace Ringwall.Server.Audit;

/// <summary>Follows the chain record by record, as an auditor does with an export: from the numbers and texts alone.</summary>
public sealed class AuditChain
{
    private string _hash = AuditRecord.Beginning;
    private long _records;
    private long? _brokenAt;

    public void Add(AuditRecord record)
    {
        _records++;
        string computed = record.HashAfter(_hash);
        if (record.Number != _records || computed != record.Hash)
        {
            _brokenAt ??= _records;
        }

        _hash = computed;
    }

    public AuditVerification End(AuditHead head)
    {
        if (head.Number != _records || head.Hash != _hash)
        {
            _brokenAt ??= Math.Min(head.Number, _records) + (head.Number == _records ? 0 : 1);
        }

        return new AuditVerification(_brokenAt is null, _records, _hash, _brokenAt);
    }
}
