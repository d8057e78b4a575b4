namespace AspireFed.Contracts.Specs;

/// <summary>One thing that is wrong with a spec.</summary>
/// <param name="Path">Where in the document, such as `pretrain.maskRatio`.</param>
/// <param name="Line">Line in the text that was sent, from 1; 0 where the fault is not in the text (a `--set`, a missing key).</param>
/// <param name="Message">One sentence: what is wrong and what would be right.</param>
public sealed record SpecFault(string Path, int Line, string Message);
