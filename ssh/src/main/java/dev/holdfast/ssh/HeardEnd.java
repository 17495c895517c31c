package dev.holdfast.ssh;

import java.io.IOException;
import java.util.function.Consumer;

/** A client's end, of which a listener is told the exit first. */
record HeardEnd(ClientEnd client, Consumer<ClientEnd.Ending> listener) implements ClientEnd {
  @Override
  public int write(Output output, Source source) throws IOException {
    return client.write(output, source);
  }

  @Override
  public boolean isWritable() {
    return client.isWritable();
  }

  @Override
  public void consumed(int bytes) {
    client.consumed(bytes);
  }

  @Override
  public void end() {
    client.end();
  }

  @Override
  public void exit(Ending ending) {
    listener.accept(ending);
    client.exit(ending);
  }
}
