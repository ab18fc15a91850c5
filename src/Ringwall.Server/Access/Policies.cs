using Microsoft.AspNetCore.Authorization;

namespace Ringwall.Server.Access;

/// <summary>Who may use an endpoint. Each endpoint names one of these or AllowAnonymous; one that names nothing refuses everybody.</summary>
public static class Policies
{
    public const string Operator = "operator";

    public const string Approver = "approver";

    public const string Vendor = "vendor";

    public const string Auditor = "auditor";

    /// <summary>Operators and approvers: who may steer a rollout by hand.</summary>
    public const string Steer = "steer";

    /// <summary>Operators, approvers and auditors: who may look at the whole fleet.</summary>
    public const string Oversee = "oversee";

    /// <summary>Any person who is signed in. What a vendor sees is then narrowed to its own: <see cref="Person.MaySee"/>.</summary>
    public const string Read = "read";

    /// <summary>A device with a session token. Enrolment registers the scheme.</summary>
    public const string Device = "device";

    public static void Add(AuthorizationOptions options)
    {
        Persons(options, Operator, Role.Operator);
        Persons(options, Approver, Role.Approver);
        Persons(options, Vendor, Role.Vendor);
        Persons(options, Auditor, Role.Auditor);
        Persons(options, Steer, Role.Operator, Role.Approver);
        Persons(options, Oversee, Role.Operator, Role.Approver, Role.Auditor);
        Persons(options, Read, [.. Role.All]);
        options.AddPolicy(Device, policy => policy.AddAuthenticationSchemes(Schemes.Device).RequireAuthenticatedUser());
        // Where no endpoint is, there is nothing to protect, and the answer is that there is none.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(asked => asked.Resource is HttpContext context && context.GetEndpoint() is null).Build();
    }

    private static void Persons(AuthorizationOptions options, string name, params string[] roles) =>
        options.AddPolicy(name, policy => policy.AddAuthenticationSchemes(Schemes.Person).RequireAuthenticatedUser().RequireRole(roles));
}
