using AspireFed.Contracts;

namespace AspireFed.Imaging.DataSets;

/// <summary>
/// A data set in the folder layout of the reference: `train/`, `test/`, `labels.csv`, `test.csv`, `central/train.csv`,
/// `&lt;n&gt;_clients/&lt;split&gt;/&lt;client&gt;.csv`, and, where present, `classes.csv` and `meta.csv`. Opening reads the small files only.
/// </summary>
public sealed class DataSet
{
    private DataSet() => throw new NotImplementedException();

    /// <exception cref="InputException">The folder is not a data set, or a csv line is wrong; says which file and line.</exception>
    public static DataSet Open(string folder) => throw new NotImplementedException();

    public string Name => throw new NotImplementedException();

    /// <summary>Names of the classes, by number.</summary>
    public IReadOnlyList<string> Classes => throw new NotImplementedException();

    /// <summary>`central` and every `&lt;n&gt;_clients/&lt;split&gt;`.</summary>
    public IReadOnlyList<string> Partitions => throw new NotImplementedException();

    /// <summary>The clients of a partition, in ordinal order.</summary>
    public IReadOnlyList<ClientId> Clients(string partition) => throw new NotImplementedException();

    /// <summary>A client's training images, without duplicates, in ordinal order of their file names.</summary>
    public IReadOnlyList<LabelledImage> TrainImages(ClientId client) => throw new NotImplementedException();

    /// <summary>The test images, in ordinal order of their file names.</summary>
    public IReadOnlyList<LabelledImage> TestImages => throw new NotImplementedException();
}
