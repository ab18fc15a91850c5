namespace Ringwall.Server.Dashboard.Changing;

/// <summary>What people change about rollouts from a page.</summary>
internal sealed class RolloutSteering
{
    public Task<string> StartAsync(string release, bool urgent, Access.Person by, CancellationToken stop) => Task.FromResult("");

    public Task ApproveAsync(string id, Access.Person by, CancellationToken stop) => Task.CompletedTask;

    public Task PauseAsync(string id, Access.Person by, CancellationToken stop) => Task.CompletedTask;

    public Task ResumeAsync(string id, Access.Person by, CancellationToken stop) => Task.CompletedTask;

    public Task HaltAsync(string id, Access.Person by, CancellationToken stop) => Task.CompletedTask;
}
