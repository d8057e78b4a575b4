using AspireFed.Contracts;

namespace AspireFed.Imaging.DataSets;

/// <summary>The data sets under some root folders: every direct subfolder that has a labels.csv. Sees sets that are added later.</summary>
public sealed class DataSetCatalog(IReadOnlyList<string> roots)
{
    public IReadOnlyList<string> Roots { get; } = roots;

    /// <summary>All sets that can be opened, by name; faults of the others go to <paramref name="onFault"/>.</summary>
    public IReadOnlyList<DataSet> Sets(Action<InputException>? onFault = null) => throw new NotImplementedException();

    /// <exception cref="InputException">No root has such a set; names the roots and the sets that are there.</exception>
    public DataSet Open(string name) => throw new NotImplementedException();
}
