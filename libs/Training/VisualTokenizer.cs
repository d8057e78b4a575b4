using AspireFed.Contracts;
using AspireFed.Contracts.Specs;

namespace AspireFed.Training;

/// <summary>Names one tokenizer completely: equal ones give equal tokens.</summary>
/// <param name="Grid">Tokens along a side.</param>
/// <param name="Weights">Of a tokenizer that has any, in the object store.</param>
public sealed record VisualTokenizer(TokenizerSpec Spec, long Seed, int Grid, ObjectRef? Weights = null);
