package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.time.Instant;

/** Fuzz target: what an identity provider signs and the keys that it names, each on one line. */
public final class SignedTokenFuzz {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  private SignedTokenFuzz() {}

  /** Fails if something else comes out than a person or a refusal that tells nothing of it. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    String[] lines = new String(bytes, UTF_8).split("\n", 2);
    try {
      SignedToken token = SignedToken.parse(lines[0]);
      SigningKeys keys = SigningKeys.of(Json.parse(lines.length == 1 ? "{}" : lines[1]));
      boolean signed = token.isSignedBy(keys.candidates(token.algorithm(), token.keyId()));
      IdToken who = IdToken.of(token, "https://id.example.com", "holdfast", NOW);
      who.texts("groups");
      if (signed && !who.subject().equals("248289761001")) {
        throw new AssertionError("a forged token: " + who.subject());
      }
    } catch (UnbelievableTokenException | MalformedJsonException e) {
      // Refused.
    }
  }
}
