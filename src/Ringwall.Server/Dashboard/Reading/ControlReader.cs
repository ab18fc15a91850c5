using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Audit;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Running;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills the pages about control: people, one's own account, join tokens, audit.</summary>
internal sealed class ControlReader(
    Accounts accounts, Credentials credentials, PasskeyStore passkeys, JoinTokens tokens, AuditLog audit, ServerOptions options, TimeProvider clock)
{
    private const int RecordsOnPage = 50;

    public async Task<PeopleList> PeopleAsync(IReadOnlyList<string> vendors, bool mayChange, CancellationToken stop) => new()
    {
        People = [.. (await accounts.AllAsync(stop).ConfigureAwait(false)).Select(account => new PeopleList.Person(
            account.Id, account.Name, account.RoleList, account.Vendor, SignsIn(account), account.Disabled != 0))],
        Vendors = vendors,
        MayChange = mayChange,
    };

    public async Task<AccountDetail> AccountAsync(Access.Person person, HttpContext context)
    {
        CancellationToken stop = context.RequestAborted;
        Account account = await accounts.ByIdAsync(person.Id, stop).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, "");
        return new AccountDetail
        {
            HasPassword = account.Password is not null,
            HasCode = account.Second is not null,
            Passkeys = [.. (await passkeys.ListAsync(person.Id, stop).ConfigureAwait(false)).Select(passkey => new AccountDetail.Passkey(passkey.Id, passkey.Name, Time(passkey.Created)))],
            Tokens = [.. (await credentials.TokensAsync(person.Id, stop).ConfigureAwait(false)).Select(token => new AccountDetail.Token(token.Id, token.Name, Time(token.Created), Time(token.Until)))],
            Server = Address(context),
        };
    }

    public async Task<JoinTokenList> JoinTokensAsync(bool mayChange, HttpContext context)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new JoinTokenList
        {
            Rows = [.. (await tokens.ListAsync(context.RequestAborted).ConfigureAwait(false)).Select(token => Row(token, now))],
            Server = Address(context),
            MayChange = mayChange,
        };
    }

    public async Task<AuditList> AuditAsync(string who, string what, long before, bool check, CancellationToken stop)
    {
        Dictionary<string, string> names = (await accounts.AllAsync(stop).ConfigureAwait(false)).ToDictionary(account => account.Id, account => account.Name);
        string account = names.FirstOrDefault(pair => pair.Value == who).Key ?? who;
        AuditQuery query = new(Before: before, Who: account, Limit: RecordsOnPage + 1);
        // One field for both: what happened is a word with a dot, what it happened to is a path or an id.
        IReadOnlyList<AuditRecord> found = await audit.FindAsync(IsWord(what) ? query with { What = what } : query with { About = what }, stop).ConfigureAwait(false);
        AuditRecord[] records = [.. found.Reverse().Take(RecordsOnPage)];
        return new AuditList
        {
            Rows = [.. records.Select(record => new AuditList.Row(
                record.Number, Time(record.At), names.GetValueOrDefault(record.Who, record.Who), record.What, names.GetValueOrDefault(record.About, record.About), record.Detail, record.Hash))],
            Who = who,
            What = what,
            All = (await audit.HeadAsync(stop).ConfigureAwait(false)).Number,
            Before = found.Count > RecordsOnPage ? records[^1].Number : null,
            Chain = check ? Chain(await audit.VerifyAsync(stop).ConfigureAwait(false)) : null,
        };
    }

    public string Address(HttpContext context) => (options.PublicUrl?.ToString() ?? $"{context.Request.Scheme}://{context.Request.Host}").TrimEnd('/');

    private static Notice Chain(AuditVerification chain) => chain.Verified
        ? new Notice($"All {chain.Records} records follow from each other. The last hash is {chain.Hash}.", Tone.Good)
        : new Notice($"The chain is broken at record {chain.BrokenAt}: something was changed, removed or put in there.", Tone.Bad);

    private static bool IsWord(string what) => what.Contains('.', StringComparison.Ordinal) && !what.Contains('/', StringComparison.Ordinal);

    private static string SignsIn(Account account) => account switch
    {
        { External: not null } => "OpenID Connect",
        { Password: not null, Second: not null } => "password and code",
        _ => "passkey or link",
    };

    private static JoinTokenList.Row Row(JoinToken token, long now)
    {
        (string state, Tone tone) = token switch
        {
            { WithdrawnAt: not null } => ("withdrawn", Tone.Quiet),
            { Left: 0 } => ("used up", Tone.Quiet),
            _ when token.ExpiresAt <= now => ("expired", Tone.Quiet),
            _ => ("open", Tone.Good),
        };
        return new JoinTokenList.Row(token.Id, token.Ring, token.Site, token.Uses - token.Left, token.Uses, Time(token.ExpiresAt), state, tone);
    }

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
