package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import org.apache.sshd.common.AttributeRepository;

/** What a client's connection begins with; MINA carries it from the call to the connection. */
record Dialled(Duplex stream, Target target) {
  static final AttributeRepository.AttributeKey<Dialled> KEY =
      new AttributeRepository.AttributeKey<>();
}
