namespace AspireFed.Imaging.DataSets;

/// <summary>One image of a data set.</summary>
/// <param name="File">Its file name as the csv files have it.</param>
/// <param name="Path">Where the file is.</param>
/// <param name="Label">Its class number.</param>
/// <param name="Site">Where it comes from, by meta.csv; empty where the set does not say.</param>
public sealed record LabelledImage(string File, string Path, int Label, string Site);
