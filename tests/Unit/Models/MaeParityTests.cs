using System.Globalization;
using AspireFed.Models;
using AspireFed.Models.Layers;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class MaeParityTests
{
    [Theory]
    [InlineData("raw", false)]
    [InlineData("norm", true)]
    public void Mask_prediction_loss_and_gradients_are_those_of_the_reference(string kind, bool normPixLoss)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open("mae-pretrain");
        using var mae = new Mae(ParityShapes.Shape(parity.Config));
        ModelFile.Load(mae, parity.FilePath("weights.safetensors"));
        var io = parity.Tensors("io.safetensors");

        foreach (var variant in parity.Config.GetProperty("variants").EnumerateObject())
        {
            mae.zero_grad();
            var expected = $"{variant.Name}.{kind}.";
            var output = mae.Forward(io["in.images"], io["in.noise"], variant.Value.GetDouble(), normPixLoss);
            output.Loss.backward();

            Assert.True(io[expected + "mask"].equal(output.Mask).all().item<bool>());
            parity.AssertClose(io[expected + "pred"], output.Prediction, "prediction");
            parity.AssertClose(io[expected + "loss"], output.Loss, "loss");
            if (io.Keys.Any(name => name.StartsWith(expected + "grad.", StringComparison.Ordinal)))
                parity.AssertGradients(mae, io, expected + "grad.");
        }
    }

    [Fact]
    public void Position_tables_are_those_of_the_reference()
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open("mae-pretrain");
        using var mae = new Mae(ParityShapes.Shape(parity.Config));
        var io = parity.Tensors("io.safetensors");

        parity.AssertClose(io["out.pos_embed"], mae.get_parameter("pos_embed")!, "pos_embed");
        parity.AssertClose(io["out.decoder_pos_embed"], mae.get_parameter("decoder_pos_embed")!, "decoder_pos_embed");
    }

    [Fact]
    public void Number_of_kept_patches_is_rounded_as_in_the_reference()
    {
        var table = ParityCase.Open("mae-pretrain").Description.GetProperty("len_keep_table_int(L*(1-ratio))");
        foreach (var entry in table.EnumerateObject())
        {
            var parts = entry.Name.Split('@');
            var (patches, ratio) = (int.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
            Assert.Equal(entry.Value.GetInt32(), RandomMasking.Kept(patches, ratio));
        }
    }
}
