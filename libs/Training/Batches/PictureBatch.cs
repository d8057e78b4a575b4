namespace AspireFed.Training.Batches;

/// <summary>Pictures for a discrete VAE, pixels from 0 to 1, with the temperature of their step.</summary>
public sealed class PictureBatch(PlannedBatch planned, int side, double temperature) : Batch(planned, side)
{
    public double Temperature => temperature;
}
