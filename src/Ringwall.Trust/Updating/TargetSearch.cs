using System.Collections;

namespace Ringwall.Trust;

/// <summary>
/// A search for the role that has the say about one path (specification 5.6.7): first the role itself, then those that it trusts, in order, each with all that follow from it. The path
/// must be covered by every delegation on the way. A role that cannot be had or verified ends the search: skipping it would hand its paths to the next.
/// </summary>
// Threads: as its repository.
public sealed class TargetSearch : IEnumerable<UpdateStep>
{
    private readonly TrustedRepository _repository;
    private readonly string _path;
    private bool _isOver;

    internal TargetSearch(TrustedRepository repository, string path)
    {
        _repository = repository;
        _path = path;
    }

    /// <summary>The file, when all steps were carried out.</summary>
    /// <exception cref="InvalidOperationException">They were not.</exception>
    /// <exception cref="UpdateRejectedException">No role that may speak of the path does.</exception>
    public TargetFile Found
    {
        get
        {
            if (!_isOver)
            {
                throw new InvalidOperationException("The steps of the search come first.");
            }

            return Result ?? throw new UpdateRejectedException(RejectionReason.NoSuchTarget, $"nobody who may vouches for {_path}");
        }
    }

    /// <summary>The role that vouches for it; null until then.</summary>
    public string? Role { get; private set; }

    private TargetFile? Result { get; set; }

    public IEnumerator<UpdateStep> GetEnumerator()
    {
        Stack<(TargetsMetadata Parent, Delegation Delegation)> waiting = [];
        HashSet<string> visited = new(StringComparer.Ordinal);
        string role = RoleName.Targets;
        TargetsMetadata targets = _repository.Targets!;
        while (true)
        {
            visited.Add(role);
            if (targets.Targets.TryGetValue(_path, out TargetFile? found))
            {
                (Role, Result) = (role, found);
                break;
            }

            Push(targets, waiting);
            while (waiting.Count > 0 && visited.Contains(waiting.Peek().Delegation.Role))
            {
                waiting.Pop();
            }

            if (waiting.Count == 0)
            {
                break;
            }

            if (visited.Count >= _repository.Limits.RolesPerSearch)
            {
                UpdateRejectedException.Throw(RejectionReason.TooManyRoles, $"{visited.Count} roles were asked about {_path}");
            }

            (TargetsMetadata parent, Delegation delegation) = waiting.Pop();
            role = delegation.Role;
            foreach (UpdateStep step in _repository.Load(role, content => parent.ReadDelegated(content, delegation, _repository.Limits.Json), loaded => targets = loaded))
            {
                yield return step;
            }
        }

        _isOver = true;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // In reverse, so that the first is taken first. Behind a terminating one nobody is asked any more: neither its later siblings nor those of its ancestors.
    private void Push(TargetsMetadata targets, Stack<(TargetsMetadata Parent, Delegation Delegation)> waiting)
    {
        List<Delegation> covering = [];
        foreach (Delegation delegation in targets.Delegations.Where(delegation => delegation.Covers(_path)))
        {
            covering.Add(delegation);
            if (delegation.IsTerminating)
            {
                waiting.Clear();
                break;
            }
        }

        for (int i = covering.Count - 1; i >= 0; i--)
        {
            waiting.Push((targets, covering[i]));
        }
    }
}
