using AspireFed.Models.Native;

namespace AspireFed.Tests.Unit.Models;

public sealed class WeakSymbolVersionsTests
{
    [Fact]
    public void Only_flags_of_needed_versions_change()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(path)) Assert.Skip("TorchSharp's library for Linux is not beside this program.");
        var before = File.ReadAllBytes(path);
        var after = (byte[])before.Clone();

        var marked = WeakSymbolVersions.MarkWeak(after, "GLIBCXX_");

        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.InRange(marked, 1, 100);
        Assert.Equal(marked, changed.Count);
        Assert.All(changed, i => Assert.Equal((0, 2), (before[i], after[i])));
        Assert.Equal(0, WeakSymbolVersions.MarkWeak(before, "NO_SUCH_VERSION_"));
    }

    [Fact]
    public void What_is_no_library_is_refused() =>
        Assert.Throws<BadImageFormatException>(() => WeakSymbolVersions.MarkWeak(new byte[100], "GLIBCXX_"));
}
