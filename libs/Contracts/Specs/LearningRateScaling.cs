namespace AspireFed.Contracts.Specs;

/// <summary>Whether the learning rate grows with the batch (He et al., MAE, appendix A.1).</summary>
public enum LearningRateScaling
{
    None,
    Batch,
}
