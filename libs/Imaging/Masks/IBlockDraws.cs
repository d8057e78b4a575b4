namespace AspireFed.Imaging.Masks;

/// <summary>The draws that a block-wise mask is made of, in the order in which it asks for them.</summary>
internal interface IBlockDraws
{
    /// <summary>Uniform between two bounds, whichever of them is the larger.</summary>
    double Real(double from, double to);

    /// <summary>A whole number from 0 to a bound, both included.</summary>
    int Whole(int highest);
}
