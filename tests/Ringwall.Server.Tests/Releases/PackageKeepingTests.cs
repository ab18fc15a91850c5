using Ringwall.Server.Running;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Rollouts;

namespace Ringwall.Server.Tests.Releases;

/// <summary>What vendors send and do not publish, or do not finish sending.</summary>
public abstract class PackageKeepingTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : PackageKeepingTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : PackageKeepingTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task An_upload_that_rested_for_a_day_is_refused_and_the_same_package_can_be_sent_again()
    {
        await using RolloutField field = await RolloutField.StartAsync(await ground.NewDatabaseAsync());
        byte[] package = new byte[(1024 * 1024) + 7];
        Random.Shared.NextBytes(package);
        bool rested = false;
        using HaltingStream slow = new(package, () =>
        {
            rested = true;
            field.Clock.Advance(TimeSpan.FromHours(25));
            field.Replica.Packages.TidyAsync(RolloutField.Stop).GetAwaiter().GetResult();
        });
        RequestRefused refused = await Assert.ThrowsAsync<RequestRefused>(() => field.Replica.Packages.TakeAsync(slow, "acme", RolloutField.Stop));
        Assert.True(rested);
        Assert.Equal("ringwall:conflict", refused.Type.Name);
        Assert.Equal(0, (await field.QueryAsync<long>("SELECT COUNT(*) FROM releases_chunks"))[0]);

        string sha256 = (await field.Replica.Packages.TakeAsync(new MemoryStream(package), "acme", RolloutField.Stop)).Sha256;
        await using Stream kept = (await field.Replica.Packages.OpenAsync(sha256, RolloutField.Stop))!;
        using MemoryStream whole = new();
        await kept.CopyToAsync(whole, RolloutField.Stop);
        Assert.Equal(package, whole.ToArray());
    }

    [Fact]
    public async Task A_package_that_nobody_publishes_within_a_week_is_removed_and_one_that_was_published_is_not()
    {
        await using RolloutField field = await RolloutField.StartAsync(await ground.NewDatabaseAsync());
        await field.PublishAsync(RolloutField.First);
        string lying = (await field.Replica.Packages.TakeAsync(new MemoryStream([1, 2, 3]), "acme", RolloutField.Stop)).Sha256;
        field.Clock.Advance(TimeSpan.FromDays(6));
        await field.Replica.Packages.TidyAsync(RolloutField.Stop);
        Assert.NotNull(await field.Replica.Packages.FindAsync(lying, "acme", RolloutField.Stop));
        field.Clock.Advance(TimeSpan.FromDays(2));
        await field.Replica.Packages.TidyAsync(RolloutField.Stop);
        Assert.Null(await field.Replica.Packages.FindAsync(lying, "acme", RolloutField.Stop));
        Assert.Equal(1, (await field.QueryAsync<long>("SELECT COUNT(*) FROM releases_packages"))[0]);
        Assert.Equal(1, (await field.QueryAsync<long>("SELECT COUNT(*) FROM releases_chunks"))[0]);
    }

    /// <summary>Something happens after the first part was read.</summary>
    private sealed class HaltingStream(byte[] content, Action between) : MemoryStream(content)
    {
        private bool _halted;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 600_000 && !_halted)
            {
                _halted = true;
                between();
            }

            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 100_000)], cancellationToken);
        }
    }
}
