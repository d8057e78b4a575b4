using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AspireFed.Contracts;
using AspireFed.Models.Native;

namespace AspireFed.Models;

/// <summary>
/// Loads libtorch from the one folder it was restored to, so that no project carries a copy of its 489 MB. The folder comes from the
/// environment (ASPIREFED_LIBTORCH), from runtimeconfig (written by build/Torch.targets), or else from the usual search path.
/// </summary>
public static class TorchNative
{
    public const string DirectoryVariable = "ASPIREFED_LIBTORCH";

    private const string DirectoryData = "AspireFed.LibTorchDirectory";

    private static readonly Lazy<InputException?> Failure = new(Load);

    /// <summary>Makes torch usable. Call it before the first use of torch outside this library; any number of times.</summary>
    /// <exception cref="InputException">libtorch is missing, or it is not one that this build can use.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } failure) throw failure;
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp loads libtorch in a static constructor: nothing later will do.")]
    internal static void LoadEarly() => _ = Failure.Value;

    private static InputException? Load()
    {
        var variable = Environment.GetEnvironmentVariable(DirectoryVariable);
        var named = string.IsNullOrEmpty(variable)
            ? (Directory: AppContext.GetData(DirectoryData) as string, By: "the runtimeconfig of this program")
            : (Directory: variable, By: $"the environment variable {DirectoryVariable}");
        try
        {
            if (!string.IsNullOrEmpty(named.Directory))
                LoadFrom(named.Directory, named.By);
            return null;
        }
        catch (InputException failure)
        {
            return failure;
        }
        catch (Exception failure) when (failure
            is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return new InputException(
                $"libtorch in {named.Directory}, named by {named.By}, cannot be loaded: {failure.Message.Trim()}", failure);
        }
    }

    private static void LoadFrom(string directory, string namedBy)
    {
        if (!File.Exists(Path.Combine(directory, Library("torch_cpu"))))
        {
            throw new InputException(
                $"{directory}, named by {namedBy}, holds no {Library("torch_cpu")}: "
                + $"restore the packages, or set {DirectoryVariable} to the folder of libtorch 2.10.");
        }

        HeldMemory.Keep();
        // In the order of their dependencies: none of them has a run path to the others.
        foreach (var name in (ReadOnlySpan<string>)["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            var path = Path.Combine(directory, Library(name));
            if (!File.Exists(path)) continue;
            var handle = NativeLibrary.Load(path);
            if (name == "torch_cpu") MklOnAmd.UseItsFastPath(handle);
        }

        if (FindBindings(directory) is not { } bindings) return;
        if (!NativeLibrary.TryLoad(bindings, out var loaded) && OperatingSystem.IsLinux())
            loaded = WeakSymbolVersions.Load(bindings);
        if (loaded != 0) LastingScalars.Keep(loaded);
    }

    private static string? FindBindings(string libtorch)
    {
        var baseDirectory = AppContext.BaseDirectory;
        string[] folders =
        [
            baseDirectory,
            Path.Combine(baseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            libtorch,
        ];
        return folders.Select(folder => Path.Combine(folder, Library("LibTorchSharp"))).FirstOrDefault(File.Exists);
    }

    private static string Library(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
