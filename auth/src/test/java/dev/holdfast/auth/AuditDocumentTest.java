package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of events that people read. */
final class AuditDocumentTest {
  @Test
  void everyKindOfEventIsInTheTableOnce() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "audit.md"));
    for (AuditCode code : AuditCode.values()) {
      assertThat(lines)
          .filteredOn(it -> it.startsWith("| `%s` | `%s` | ".formatted(code.code(), code.event())))
          .as(code.code())
          .hasSize(1);
    }
  }
}
