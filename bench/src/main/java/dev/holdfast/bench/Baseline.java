package dev.holdfast.bench;

import java.util.List;

/** The peers: a plain socket to the server, and one through a raw relay with buffers of a size. */
enum Baseline implements Path {
  RAW_RELAY("raw-relay", RawRelay.BUFFER_KIB),
  DIRECT("direct", 0),
  RAW_RELAY_64K("raw-relay-64k", 64),
  RAW_RELAY_128K("raw-relay-128k", 128);

  private final String label;
  private final int bufferKib;

  Baseline(String label, int bufferKib) {
    this.label = label;
    this.bufferKib = bufferKib;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public List<String> between(int listenPort, int serverPort, java.nio.file.Path scratch) {
    if (this == DIRECT) {
      return List.of();
    }
    return Child.java(
        RawRelay.class,
        Integer.toString(listenPort),
        Integer.toString(serverPort),
        Integer.toString(bufferKib));
  }

  @Override
  public List<String> dialer() {
    return List.of("socket");
  }

  @Override
  public boolean resumes() {
    return false;
  }
}
