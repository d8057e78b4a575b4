using AspireFed.Contracts.Tokenizing;
using AspireFed.Ledger.Faults;
using Grpc.Core;
using Contract = AspireFed.Contracts.Tokenizing;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>Answers the tokenizer's contract.</summary>
internal sealed class TokenizerEndpoint(TokenizerShelf shelf) : Contract.Tokenizer.TokenizerBase
{
    public override async Task<TokenizerDescription> Describe(TokenizerSettings request, ServerCallContext context)
    {
        var tokenizer = await shelf.GetAsync(request, context.CancellationToken);
        return new TokenizerDescription { Vocabulary = tokenizer.Vocabulary, ImageSize = tokenizer.ImageSize };
    }

    public override async Task Tokenize(
        IAsyncStreamReader<TokenizeRequest> requestStream, IServerStreamWriter<TokenizeReply> responseStream, ServerCallContext context)
    {
        try
        {
            await AnswerAsync(requestStream, responseStream, context.CancellationToken);
        }
        catch (IOException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The trainer has left: it was stopped, or its round was.
        }
    }

    private async Task AnswerAsync(
        IAsyncStreamReader<TokenizeRequest> requestStream, IServerStreamWriter<TokenizeReply> responseStream, CancellationToken cancel)
    {
        // One request is read only after the one before has been answered: what the client sends meanwhile fills the window and stops it.
        await foreach (var request in requestStream.ReadAllAsync(cancel))
        {
            var tokenizer = await shelf.GetAsync(
                request.Settings ?? throw Refusal("The request names no tokenizer; fill in settings."), cancel);
            Check(request, tokenizer.ImageSize);
            var tokens = await shelf.RunAsync(() => tokenizer.TokenizeAsync(request.Pixels.Memory, request.Count, cancel), cancel);
            FaultHook.Reach(FaultPoint.BatchTokenized);
            var reply = new TokenizeReply();
            reply.Tokens.AddRange(tokens);
            await responseStream.WriteAsync(reply, cancel);
        }
    }

    private static void Check(TokenizeRequest request, int side)
    {
        if (request.Count < 1)
            throw Refusal($"The request holds {request.Count} images; send at least one.");
        var due = (long)request.Count * side * side * 3;
        if (request.Pixels.Length != due)
        {
            throw Refusal(
                $"The request holds {request.Pixels.Length} bytes where {request.Count} RGB images of {side} x {side} pixels have {due}.");
        }
    }

    private static RpcException Refusal(string sentence) => new(new Status(StatusCode.InvalidArgument, sentence));
}
