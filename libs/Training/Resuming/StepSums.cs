namespace AspireFed.Training.Resuming;

/// <summary>What the steps of a round come to so far.</summary>
/// <param name="Loss">Sum over the steps, in their order: a mean must not depend on where a round was resumed.</param>
internal readonly record struct StepSums(int Steps, long Images, double Loss)
{
    public double MeanLoss => Steps == 0 ? 0 : Loss / Steps;

    public StepSums Add(double loss, int images) => new(Steps + 1, Images + images, Loss + loss);
}
