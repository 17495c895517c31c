package dev.holdfast.node;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Audit events of which those of sessions that start say in which epoch: when that is over, whoever
 * keeps the events knows that nobody will tell of the sessions' ends. Thread-safe as what it stands
 * for.
 */
final class EpochMarks implements AuditSink {
  private final AuditSink sink;
  private final String epoch;

  EpochMarks(AuditSink sink, String epoch) {
    this.sink = sink;
    this.epoch = epoch;
  }

  @Override
  public void before(AuditEvent event) throws IOException {
    sink.before(marked(event));
  }

  @Override
  public void after(AuditEvent event) {
    sink.after(marked(event));
  }

  private AuditEvent marked(AuditEvent event) {
    if (event.code() != AuditCode.SESSION_STARTED) {
      return event;
    }
    Map<String, Object> fields = new LinkedHashMap<>(event.fields());
    fields.put("epoch", epoch);
    return new AuditEvent(event.code(), event.user(), fields);
  }
}
