using Ringwall.Server.Access;
using Ringwall.Server.Dashboard.Changing;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Running;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills what every page knows of whoever looks at it.</summary>
internal sealed class ShellReader(ServerOptions options, NoticeCookie notices, NeedReader needs, TimeProvider clock)
{
    public async Task<Shell> ReadAsync(HttpContext context)
    {
        Access.Person person = Access.Person.Of(context.User);
        return new Shell
        {
            Name = person.Name,
            Roles = [.. person.Roles.Order(StringComparer.Ordinal)],
            Vendor = person.Oversees ? null : person.Vendor ?? "",
            IsOperator = person.Roles.Contains(Role.Operator),
            IsApprover = person.Roles.Contains(Role.Approver),
            Now = clock.GetUtcNow(),
            Here = context.Request.Path,
            Attention = person.Oversees ? (await needs.ReadAsync(person, context.RequestAborted).ConfigureAwait(false)).Count : 0,
            DemoPace = options.DemoPace ? options.Pace : null,
            TokenField = CrossSite.Field,
            Token = CrossSite.TokenOf(context),
            Notice = notices.Take(context),
        };
    }
}
