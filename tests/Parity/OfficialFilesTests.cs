using AspireFed.Tests.Parity.Recordings;
using AspireFed.Weights;

namespace AspireFed.Tests.Parity;

/// <summary>The recordings' files of tensors were written by the official library.</summary>
public sealed class OfficialFilesTests
{
    public static IEnumerable<TheoryDataRow<string>> Recordings() => RecordingsFolder.Rows();

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Files_of_the_official_writer_are_rewritten_byte_by_byte(string name)
    {
        var folder = Path.Combine(RecordingsFolder.Path, name);
        if (!Directory.Exists(folder)) return;
        var copy = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        foreach (var path in Directory.GetFiles(folder, "*.safetensors"))
        {
            using (var file = SafetensorsFile.Open(path))
            using (var writer = SafetensorsWriter.Create(copy, file.Header))
            {
                foreach (var entry in file.Header.Tensors)
                {
                    var bytes = new byte[entry.Length];
                    file.Read(entry, 0, bytes);
                    writer.Write(entry.Name, bytes);
                }
                writer.Complete();
            }
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(copy)), $"{path} is not rewritten as it was.");
            File.Delete(copy);
        }
    }
}
