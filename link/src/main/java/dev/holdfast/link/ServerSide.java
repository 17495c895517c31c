package dev.holdfast.link;

import dev.holdfast.stream.HandoverV1;
import dev.holdfast.stream.ServerResumptionV2;
import dev.holdfast.stream.StreamId;
import dev.holdfast.stream.TokenV1;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a gate knows of a stream's client, in the version that it speaks. */
sealed interface ServerSide {
  /** The names under which the client asks for its stream. */
  List<StreamId> ids();

  /** A client of resume v1: whoever knows the token may have the stream. */
  record V1(TokenV1 token) implements ServerSide {
    @Override
    public List<StreamId> ids() {
      return List.of(idOf(token));
    }

    /** The token itself is a secret; its name is what version 1 hands over by. */
    static StreamId idOf(TokenV1 token) {
      return new StreamId(HandoverV1.socketName(token).getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** A client of resume v2, which has to prove itself. */
  record V2(ServerResumptionV2 resumption) implements ServerSide {
    @Override
    public List<StreamId> ids() {
      return resumption.ids();
    }
  }
}
