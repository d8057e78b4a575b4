using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace AspireFed.Models.Native;

/// <summary>
/// The MKL inside libtorch asks whether the processor is Intel's and falls back to its AVX2 kernels on any other, at half the speed of
/// AVX-512 in fp32. On an AMD processor with AVX-512 its question is answered with yes. ASPIREFED_MKL_AMD=0 leaves it alone.
/// The choice depends on the kind of machine only, so equal machines still give equal bytes.
/// </summary>
internal static class MklOnAmd
{
    public static bool Wanted { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && Avx512F.IsSupported && IsAmd()
        && Environment.GetEnvironmentVariable("ASPIREFED_MKL_AMD") != "0";

    public static void UseItsFastPath(nint libtorchCpu)
    {
        if (!Wanted || !NativeLibrary.TryGetExport(libtorchCpu, "mkl_serv_intel_cpu_true", out var question)) return;
        ReadOnlySpan<byte> yes = [0xb8, 1, 0, 0, 0, 0xc3]; // mov eax, 1; ret
        _ = CodePatch.TryWrite(question, yes); // a kernel that forbids it leaves MKL slow and right
    }

    private static bool IsAmd()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        return (b, d, c) == (0x68747541, 0x69746e65, 0x444d4163); // "Auth", "enti", "cAMD"
    }
}
