package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenFilesTest {
  private static final String HEAD =
      "Limit                     Soft Limit           Hard Limit           Units     ";

  @Test
  void readsTheHardLimitNotTheSoftOne() {
    String line = "Max open files            1024                 524288               files     ";
    assertThat(OpenFiles.hardLimit(List.of(HEAD, line))).isEqualTo(524_288);
  }

  @Test
  void unlimitedIsMoreThanAnybodyNeeds() {
    String line = "Max open files            1024                 unlimited            files     ";
    assertThat(OpenFiles.hardLimit(List.of(HEAD, line))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void limitsWithoutOpenFilesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> OpenFiles.hardLimit(List.of(HEAD)));
  }

  @Test
  void aCommandThatNeedsLittleStaysAsItIs() throws IOException {
    assertThat(OpenFiles.allow(10, List.of("true"))).containsExactly("true");
  }
}
