using Microsoft.Playwright;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>One page in the browser. It must stay free of errors, and of anything that its content security policy refuses.</summary>
internal sealed class Sheet : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    private Sheet(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Errors => _errors;

    public static async Task<Sheet> OpenAsync(IBrowserContext context) => new(context, await context.NewPageAsync());

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load }))!;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name });

    public async Task PressAsync(string button) => await Button(button).ClickAsync();

    /// <summary>Waits until the page shows some words, without loading it again.</summary>
    public async Task ShowsAsync(string words) => await Assertions.Expect(Page.Locator("main")).ToContainTextAsync(words, new LocatorAssertionsToContainTextOptions { Timeout = 240_000 });

    /// <summary>Waits until something holds in the page. Asked from outside: its content security policy lets nothing be evaluated inside.</summary>
    public Task IsAsync(string condition) => Wait.UntilAsync(() => Page.EvaluateAsync<bool>(condition), condition, () => string.Join('\n', _errors));

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
