namespace AspireFed.Contracts;

/// <summary>A client: one holder of images in one partition of a data set.</summary>
/// <param name="Set">Name of the data set.</param>
/// <param name="Partition">`central` or `&lt;n&gt;_clients/&lt;split&gt;`.</param>
/// <param name="Name">The client's name in the partition: its csv file's name without the ending.</param>
public sealed record ClientId(string Set, string Partition, string Name)
{
    public override string ToString() => $"{Set}/{Partition}/{Name}";
}
