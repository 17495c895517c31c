package dev.holdfast.recording;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * The format of ttyrec(1): for each output seconds, microseconds and length, 32 bits each and
 * little-endian, and its bytes.
 */
final class Ttyrec implements Export {
  private final OutputStream out;
  private long beganMicros;

  Ttyrec(OutputStream out) {
    this.out = out;
  }

  @Override
  public void add(Event event) throws IOException {
    switch (event.content()) {
      case Event.Start(Json.Members members) -> {
        Instant time = new About(members).time().orElse(Instant.EPOCH);
        beganMicros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
      }
      case Event.Output(_, byte[] bytes) -> {
        long micros = beganMicros + event.nanos() / 1000;
        out.write(
            ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (micros / 1_000_000))
                .putInt((int) (micros % 1_000_000))
                .putInt(bytes.length)
                .array());
        out.write(bytes);
      }
      case Event.Input _, Event.Resize _, Event.Gap _, Event.Exit _, Event.End _ -> {}
    }
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
