using AspireFed.Aggregation;
using AspireFed.Weights;
using CsCheck;

namespace AspireFed.Tests.Unit.Aggregation;

public sealed class UpdateAverageTests : IDisposable
{
    private static readonly Gen<float> Finite = Gen.Float.Where(float.IsFinite);
    private readonly UpdateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void One_update_averages_to_its_own_bytes() =>
        Gen.Select(Finite.Array[0, 100], Gen.Int[1, 1_000_000]).Sample((values, weight) =>
        {
            var update = _files.Write(values);
            Assert.Equal(File.ReadAllBytes(update.Path), File.ReadAllBytes(_files.Average(new WeightedUpdate(update, weight))));
        }, iter: 50, threads: 1);

    [Fact]
    public void Copies_average_to_themselves_bit_by_bit() =>
        Gen.Select(Finite.Array[1, 70], Gen.Int[1, 100_000].Array[1, 9]).Sample((values, weights) =>
        {
            var average = _files.AverageOf([.. weights.Select(weight => (values, (double)weight))]);
            Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), average.Select(BitConverter.SingleToInt32Bits));
        }, iter: 50, threads: 1);

    [Fact]
    public void Extreme_values_average_to_themselves()
    {
        float[] values = [0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1e-38f, 1f / 3];
        var average = _files.AverageOf((values, 3), (values, 7), (values, 11));
        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), average.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void The_average_is_the_weighted_mean_rounded_once() =>
        Gen.Select(Gen.Int[-1_000_000, 1_000_000].Array[40].Array[1, 6], Gen.Int[1, 5000].Array[6]).Sample((clients, weights) =>
        {
            const float unit = 1f / 1024; // exact, so that whole numbers tell the exact sum
            var average = _files.AverageOf([.. clients.Select((values, c) => (values.Select(value => value * unit).ToArray(), (double)weights[c]))]);
            var total = clients.Select((_, c) => (long)weights[c]).Sum();
            for (var i = 0; i < average.Length; i++)
            {
                var sum = clients.Select((values, c) => (long)values[i] * weights[c]).Sum();
                Assert.Equal((float)((double)sum * unit / total), average[i]);
            }
        }, iter: 50, threads: 1);

    [Fact]
    public void The_same_clients_in_the_same_order_give_the_same_bytes_however_they_came()
    {
        var random = new Random(7);
        var clients = Enumerable.Range(0, 9).Select(i =>
            (Name: $"site-{i}", Update: new WeightedUpdate(_files.Write([.. Enumerable.Range(0, 1000).Select(_ => random.NextSingle() - 0.5f)]), random.Next(1, 900)))).ToArray();
        byte[]? first = null;
        for (var round = 0; round < 5; round++)
        {
            random.Shuffle(clients);
            var ordered = clients.OrderBy(client => client.Name, StringComparer.Ordinal).Select(client => client.Update).ToArray();
            var bytes = File.ReadAllBytes(_files.Average(ordered));
            first ??= bytes;
            Assert.Equal(first, bytes);
        }
    }

    [Fact]
    public void Tensors_longer_than_a_block_are_averaged_whole()
    {
        const int length = 100_003;
        var one = Enumerable.Range(0, length).Select(i => (float)i).ToArray();
        var two = Enumerable.Range(0, length).Select(i => (float)(i * 3)).ToArray();
        var average = _files.AverageOf((one, 1), (two, 1));
        for (var i = 0; i < length; i++) Assert.Equal(2f * i, average[i]);
    }

    [Fact]
    public void Tensors_are_found_by_name_wherever_a_file_keeps_them()
    {
        var one = _files.Write(("a", TensorType.F32, [1], UpdateFiles.Bytes(1f)), ("b", TensorType.F32, [2], UpdateFiles.Bytes(2f, 3f)));
        var two = _files.Write(("b", TensorType.F32, [2], UpdateFiles.Bytes(4f, 5f)), ("a", TensorType.F32, [1], UpdateFiles.Bytes(3f)));
        var average = _files.Open(_files.Average(new WeightedUpdate(one, 1), new WeightedUpdate(two, 1)));
        Assert.Equal([2f], average.Read<float>("a"));
        Assert.Equal([3f, 4f], average.Read<float>("b"));
    }

    [Fact]
    public void Integer_tensors_are_taken_as_they_are_and_must_agree()
    {
        var one = _files.Write(("index", TensorType.I64, [2], UpdateFiles.Bytes(5L, long.MaxValue)), ("w", TensorType.F32, [1], UpdateFiles.Bytes(1f)));
        var two = _files.Write(("index", TensorType.I64, [2], UpdateFiles.Bytes(5L, long.MaxValue)), ("w", TensorType.F32, [1], UpdateFiles.Bytes(3f)));
        var other = _files.Write(("index", TensorType.I64, [2], UpdateFiles.Bytes(5L, 4L)), ("w", TensorType.F32, [1], UpdateFiles.Bytes(3f)));
        var average = _files.Open(_files.Average(new WeightedUpdate(one, 1), new WeightedUpdate(two, 1)));
        Assert.Equal([5L, long.MaxValue], average.Read<long>("index"));
        Assert.Equal([2f], average.Read<float>("w"));
        var fault = Assert.Throws<WeightsException>(() => _files.Average(new WeightedUpdate(one, 1), new WeightedUpdate(other, 1)));
        Assert.Contains("tensor index is I64 [2]", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_cannot_be_meant_are_refused()
    {
        var update = _files.Write([1f]);
        Assert.Throws<ArgumentException>(() => _files.Average(new WeightedUpdate(update, 0)));
        Assert.Throws<ArgumentException>(() => _files.Average(new WeightedUpdate(update, 2), new WeightedUpdate(update, -1)));
        Assert.Throws<ArgumentException>(() => _files.Average(new WeightedUpdate(update, double.NaN)));
    }
}
