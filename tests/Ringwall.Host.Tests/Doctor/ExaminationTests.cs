using Ringwall.Host.Doctor;
using Ringwall.Kernel.Features;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Doctor;

public sealed class ExaminationTests
{
    [Fact]
    public void Every_feature_is_answered_and_what_is_missing_has_a_replacement_or_a_remedy()
    {
        DoctorReport report = Examination.Run("1.0");
        Assert.True(report.Features.Count >= 15, $"only {report.Features.Count} features were tried");
        Assert.All(report.Features, feature =>
        {
            Assert.Contains(feature.Available, (string[])["yes", "no", "unknown"]);
            if (feature.Available != "yes")
            {
                Assert.NotEmpty(feature.Seen);
                Assert.True(feature.Instead is not null || feature.Remedy is not null, $"{feature.Name} has neither a replacement nor a remedy");
            }
        });
        Assert.Equal(report.CanGuard, report.Features.All(feature => !feature.Needed || feature.Available == "yes"));
        Assert.All(DoctorText.Of(report).Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public void Root_on_a_usual_kernel_can_guard()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        DoctorReport report = Examination.Run("1.0");
        FeatureReport asking = Assert.Single(report.Features, feature => feature.Name == "fanotify permission events");
        Assert.SkipUnless(asking.Available == "yes", $"needs permission events: {asking.Seen}");
        Assert.True(report.CanGuard, DoctorText.Of(report));

        // Every Linux that is supported has leases, and verdicts are remembered by them.
        Assert.Equal("yes", Assert.Single(report.Features, feature => feature.Name == "file leases").Available);
    }

    [Fact]
    public void A_right_that_is_missing_is_named_with_what_it_is_for()
    {
        FeatureAnswer all = Rights.Judge(["Name:\tx", "CapEff:\t000001ffffffffff"]);
        Assert.True(all.Has);
        FeatureAnswer some = Rights.Judge(["CapEff:\t000001ffffdfffff"]);
        Assert.False(some.Has);
        Assert.Equal("missing: CAP_SYS_ADMIN (fanotify, namespaces, mounts)", some.Seen);
        Assert.Null(Rights.Judge(["nothing"]).Has);
    }

    [Fact]
    public void A_library_that_is_not_there_is_said_to_be_missing()
    {
        Assert.True(SharedLibraries.AnyOf("libno-such-thing.so.1", "libc.so.6").Has);
        FeatureAnswer none = SharedLibraries.AnyOf("libno-such-thing.so.1");
        Assert.False(none.Has);
        Assert.Contains("libno-such-thing.so.1", none.Seen, StringComparison.Ordinal);
    }
}
