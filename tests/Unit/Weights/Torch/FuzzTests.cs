using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Whatever is done to a file, it is read or refused by the one clear error, in little time and memory.</summary>
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private const string Variable = "ASPIREFED_FUZZ";
    private const int Usual = 3_000;
    private const int Seed = 20_241_125;
    private const long MemoryForOne = 128L << 20;

    private static readonly TimeSpan TimeForOne = TimeSpan.FromSeconds(10);
    private static readonly long[] Lengths =
        [0, 1, -1, 127, 255, 256, 65_535, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Small_files_are_whole_before_they_are_mutated()
    {
        foreach (var (name, file) in Files()) Assert.True(Try(file) is null, $"{name}: {Try(file)}");
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_with_one_clear_error()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? $"{Usual}", CultureInfo.InvariantCulture);
        var files = Files();
        var start = Stopwatch.StartNew();
        int refused = 0;
        var (slowest, largest) = (TimeSpan.Zero, 0L);
        for (var i = 0; i < count; i++)
        {
            var (name, whole) = files[i % files.Length];
            var one = Stopwatch.StartNew();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var error = Try(Mutate(whole, new Random(Seed + i)));
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(error is null or WeightsException, $"Mutation {i} of the {name} file: {error}");
            if (error is not null)
            {
                refused++;
                Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
            Assert.True(one.Elapsed < TimeForOne, $"Mutation {i} of the {name} file took {one.Elapsed}.");
            Assert.True(allocated < MemoryForOne, $"Mutation {i} of the {name} file allocated {allocated} bytes.");
            if (one.Elapsed > slowest) slowest = one.Elapsed;
            largest = Math.Max(largest, allocated);
        }
        output.WriteLine(
            $"{count} mutations in {start.Elapsed.TotalSeconds:0.0} s, {refused} refused; slowest {slowest.TotalMilliseconds:0} ms, "
            + $"most allocated {largest / 1e3:0} kB.");
    }

    private (string Name, byte[] File)[] Files() =>
    [
        ("zip", SmallFiles.Zip(_folder)), ("legacy", SmallFiles.Legacy(_folder)), ("module", SmallFiles.Module()),
        ("safetensors", SmallFiles.Safetensors(_folder)), ("npz", SmallFiles.Npz()),
    ];

    private Exception? Try(byte[] bytes)
    {
        var path = _folder.File("mutated");
        File.WriteAllBytes(path, bytes);
        return Record.Exception(() =>
        {
            using var checkpoint = CheckpointFile.Open(path);
            foreach (var tensor in checkpoint.Tensors)
            {
                var read = checkpoint.Chunks(tensor).Sum(chunk => (long)chunk.Length);
                Assert.Equal(tensor.Length, read);
            }
        });
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (var rounds = 1 + random.Next(4); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(bytes.Count - at, 1 + random.Next(random.Next(4) == 0 ? 400 : 12));
            switch (random.Next(8))
            {
                case 0 or 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = (byte)random.Next(256); break;
                case 3: Splice(bytes, at, Lengths[random.Next(Lengths.Length)], random.Next(2) == 0 ? 4 : 8); break;
                case 4: bytes.RemoveRange(at, length); break;
                case 5: bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
                case 6: bytes.InsertRange(at, Enumerable.Repeat(bytes[at], length)); break;
                default: if (random.Next(3) == 0) bytes.RemoveRange(at, bytes.Count - at); break;
            }
            if (bytes.Count == 0) break;
        }
        return [.. bytes];
    }

    private static void Splice(List<byte> bytes, int at, long number, int width)
    {
        var spliced = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(spliced, number);
        for (var i = 0; i < width && at + i < bytes.Count; i++) bytes[at + i] = spliced[i];
    }
}
