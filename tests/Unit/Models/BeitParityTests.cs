using AspireFed.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class BeitParityTests
{
    [Theory]
    [InlineData("beit-pretrain")]
    [InlineData("beit-pretrain-b")]
    public void Logits_loss_and_gradients_are_those_of_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open(name);
        using var beit = new BeitPretraining(
            ParityShapes.Shape(parity.Config), parity.Config.GetProperty("vocab_size").GetInt32(), ParityShapes.Beit(parity.Config));
        ModelFile.Load(beit, parity.FilePath("weights.safetensors"));
        var io = parity.Tensors("io.safetensors");

        var logits = beit.Forward(io["in.images"], io["in.bool_masked_pos"]);
        var loss = nn.functional.cross_entropy(logits, io["in.labels"]);
        loss.backward();

        parity.AssertClose(io["out.logits"], logits, "logits");
        parity.AssertClose(io["out.loss"], loss, "loss", "out.loss");
        parity.AssertGradients(beit, io, "grad.");
    }
}
