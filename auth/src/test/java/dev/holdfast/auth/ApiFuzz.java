package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Fuzz target: what a caller sends to the API. */
public final class ApiFuzz {
  private ApiFuzz() {}

  /** What stands for the calls: each is done, without doing anything. */
  private record NoCalls() implements ApiSession.Calls {
    @Override
    public Caller refreshed(Caller caller) {
      return caller;
    }

    @Override
    public void refused(Caller caller, ApiMethod method) {}

    @Override
    public Object call(Caller caller, ApiMethod method, Record params, ApiSession session) {
      if (!method.isFor(caller) || !method.params().isInstance(params)) {
        throw new AssertionError("a call that may not be made: " + method);
      }
      return ApiCalls.done();
    }
  }

  /** Fails if an answer is not one JSON object a line, or something else than answers comes out. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException, MalformedJsonException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ApiSession session = new ApiSession(new Caller.Host(), new NoCalls(), out)) {
      session.serve(new ByteArrayInputStream(bytes));
    }
    for (String line : out.toString(UTF_8).split("\n", -1)) {
      if (!line.isEmpty() && !(Json.parse(line) instanceof Json.Members)) {
        throw new AssertionError("not an answer: " + line);
      }
    }
  }
}
