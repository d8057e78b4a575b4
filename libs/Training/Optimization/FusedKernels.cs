using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Optimization;

/// <summary>
/// Operators over lists of tensors that libtorch has and TorchSharp does not name; reached through TorchScript. Only tensors go in: a
/// number would be put into a native object that the garbage collector may free before the call reads it.
/// </summary>
internal static class FusedKernels
{
    // The parser of TorchScript wants a blank line at the end.
    private static readonly Lazy<jit.CompilationUnit> Script = new(() => jit.compile(
        """
        def adamw(
                values: List[Tensor], grads: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor],
                numbers: Tensor) -> Tensor:
            torch._fused_adamw_(
                values, grads, first, second, [], steps, lr=float(numbers[0]), beta1=float(numbers[1]), beta2=float(numbers[2]),
                weight_decay=float(numbers[3]), eps=float(numbers[4]), amsgrad=False, maximize=False)
            return numbers

        def clip(grads: List[Tensor], limit: Tensor) -> Tensor:
            norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)), 2)
            if float(limit) > 0.0:
                torch._foreach_mul_(grads, torch.clamp(limit / (norm + 1e-6), max=1.0).to(norm.device))
            return norm

        def zero(grads: List[Tensor], limit: Tensor) -> Tensor:
            torch._foreach_zero_(grads)
            return limit


        """));

    /// <summary>One AdamW step; <paramref name="steps"/> already count this one.</summary>
    public static void AdamW(
        Tensor[] values, Tensor[] grads, Tensor[] first, Tensor[] second, Tensor[] steps,
        double learningRate, double beta1, double beta2, double decay, double epsilon)
    {
        using var _ = no_grad();
        Script.Value.invoke("adamw", values, grads, first, second, steps, tensor(new[] { learningRate, beta1, beta2, decay, epsilon }));
    }

    /// <summary>Scales the gradients to a norm of at most <paramref name="limit"/>, if that is above 0.</summary>
    /// <returns>The norm before, a scalar.</returns>
    public static Tensor Clip(Tensor[] grads, double limit)
    {
        using var _ = no_grad();
        return Script.Value.invoke<Tensor>("clip", grads, tensor((float)limit));
    }

    public static void Zero(Tensor[] grads)
    {
        if (grads.Length == 0) return;
        using var _ = no_grad();
        Script.Value.invoke("zero", grads, tensor(0f));
    }
}
