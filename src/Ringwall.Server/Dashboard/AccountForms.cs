using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Pages;
using Ringwall.Server.Dashboard.Reading;
using Ringwall.Server.Running;

namespace Ringwall.Server.Dashboard;

/// <summary>Signing in and out, and what people change of their own account, by forms.</summary>
internal static class AccountForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder anybody = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        anybody.MapGet("/sign-in", (HttpContext context, string back = "/") => Session.Of(context) is null ? SignIn(context, back) : Results.LocalRedirect(Local(back)));
        anybody.MapPost("/sign-in", SignInAsync).RequireRateLimiting(RateLimits.Anybody);

        RouteGroupBuilder mine = routes.MapGroup("").RequireAuthorization(Policies.Read).ExcludeFromDescription().AddEndpointFilter(FormRoutes.BackWithRefusalAsync);
        mine.MapPost("/sign-out", SignOutAsync);
        mine.MapPost("/me/password", async (OwnAccount account, HttpContext context) =>
        {
            await account.SetPasswordAsync(Form(context, "password"), context).ConfigureAwait(false);
            return FormRoutes.Back(context, "/me", "The password is set. Other sessions of yours have ended.");
        });
        mine.MapPost("/me/code", async (OwnAccount account, ControlReader control, HttpContext context) =>
        {
            NewSecondFactor made = await account.NewSecondAsync(context).ConfigureAwait(false);
            AccountDetail page = await control.AccountAsync(Person.Of(context.User), context).ConfigureAwait(false);
            return await PageRoutes.PageAsync<AccountPage>(context, page with { Code = new AccountDetail.NewCode(made.Pending, made.Secret, made.Uri) }).ConfigureAwait(false);
        });
        mine.MapPost("/me/code/confirm", async (OwnAccount account, HttpContext context) =>
        {
            await account.ConfirmSecondAsync(Form(context, "pending"), Form(context, "code").Trim(), context).ConfigureAwait(false);
            return FormRoutes.Back(context, "/me", "The code is set up.");
        });
        mine.MapPost("/me/tokens", async (OwnAccount account, ControlReader control, HttpContext context) =>
        {
            (_, string token) = await account.NewTokenAsync(Form(context, "name"), days: 90, context).ConfigureAwait(false);
            AccountDetail page = await control.AccountAsync(Person.Of(context.User), context).ConfigureAwait(false);
            return await PageRoutes.PageAsync<AccountPage>(context, page with { Made = token }).ConfigureAwait(false);
        });
        mine.MapPost("/me/tokens/{id}/end", async (string id, Credentials credentials, HttpContext context) =>
        {
            bool was = await credentials.EndTokenAsync(Person.Of(context.User).Id, id, context.RequestAborted).ConfigureAwait(false);
            return FormRoutes.Back(context, "/me", was ? "The token opens nothing any more." : "You have no such token.", was ? Tone.Quiet : Tone.Bad);
        });
        mine.MapPost("/me/passkeys/{id}/remove", async (string id, OwnAccount account, HttpContext context) =>
        {
            bool was = await account.RemovePasskeyAsync(id, context).ConfigureAwait(false);
            return FormRoutes.Back(context, "/me", was ? "The passkey is removed." : "You have no such passkey.", was ? Tone.Quiet : Tone.Bad);
        });
    }

    private static RazorComponentResult<SignInPage> SignIn(HttpContext context, string back, string name = "", string? refused = null) => new(
        new Dictionary<string, object?> { ["Model"] = new SignInForm { Next = Local(back), Name = name, Refused = refused, OpenIdProvider = Provider(context) } })
    {
        StatusCode = refused is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized,
    };

    private static async Task<IResult> SignInAsync(PasswordDoor door, Credentials credentials, HttpContext context)
    {
        IFormCollection form = await FormBody.ReadAsync(context.Request).ConfigureAwait(false);
        string name = form["name"].ToString().Trim();
        try
        {
            string account = await door.OpenAsync(name, form["password"].ToString(), form["code"].ToString().Trim(), context.Connection.RemoteIpAddress, context.RequestAborted).ConfigureAwait(false);
            SessionCookie.Write(context, await credentials.BeginSessionAsync(account, "password", context.RequestAborted).ConfigureAwait(false));
        }
        catch (RequestRefused refused)
        {
            // Which of the three was wrong is told to nobody.
            return SignIn(context, form["back"].ToString(), name, refused.Message.Length > 0 ? $"{refused.Type.Title}: {refused.Message}." : $"{refused.Type.Title}.");
        }

        context.Response.Headers.Location = Local(form["back"].ToString());
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static async Task<IResult> SignOutAsync(Credentials credentials, HttpContext context)
    {
        if (Session.Of(context) is { } session)
        {
            await credentials.EndSessionAsync(session.Secret, context.RequestAborted).ConfigureAwait(false);
            SessionCookie.Clear(context);
        }

        context.Response.Headers.Location = "/sign-in";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static string? Provider(HttpContext context) => context.RequestServices.GetRequiredService<ServerOptions>().OidcAuthority?.Host;

    /// <summary>A path of this server, and of no other: "//elsewhere" and "/\elsewhere" lead away.</summary>
    private static string Local(string back) =>
        back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.StartsWith("/\\", StringComparison.Ordinal) && !back.Any(char.IsControl) ? back : "/";

    // The filter has read the form already.
    private static string Form(HttpContext context, string field) => context.Request.Form[field].ToString();
}
