package dev.holdfast.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** A configuration file in YAML 1.2, read as far as its places and words. */
final class YamlFile {
  /** Longest file that is read, in bytes. */
  static final long MOST_BYTES = 256 * 1024;

  private YamlFile() {}

  /**
   * Reads a file, which may be empty.
   *
   * @throws IOException if it can't be read; that it isn't YAML is a problem
   */
  static Section read(Path file, Problems problems) throws IOException {
    return parse(text(file), file.toString(), problems);
  }

  /** Reads the text of a file of that name. */
  static Section parse(String text, String file, Problems problems) {
    return Section.of(file, "", compose(text, file, problems), problems);
  }

  private static @Nullable Node compose(String text, String file, Problems problems) {
    LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).build();
    try {
      return new Compose(settings).composeString(text).orElse(null);
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
      Place place =
          mark == null
              ? new Place(file, 1, 1)
              : new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
      problems.add(place, "this is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.add(new Place(file, 1, 1), "this is not YAML: " + Failures.oneLine(e));
    }
    return null;
  }

  private static String text(Path file) throws IOException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException("%s is longer than a configuration can be.".formatted(file));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException("There is no file %s.".formatted(file), e);
    } catch (CharacterCodingException e) {
      throw new IOException("%s is not a text file in UTF-8.".formatted(file), e);
    }
  }
}
