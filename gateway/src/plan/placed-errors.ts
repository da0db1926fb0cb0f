import type { GraphQLError } from "graphql";
import type { Path } from "./places.js";

/** A place of an answer, with what failed there and below. */
interface Place {
  readonly errors: GraphQLError[];
  readonly below: Map<string | number, Place>;
}

/** What failed while an answer was fetched, by the place in the answer that it has left empty. */
export class PlacedErrors {
  readonly #root: Place = { errors: [], below: new Map() };
  /** Fields at the top that were answered together with one that failed, and left the whole answer empty. */
  readonly #emptied = new Map<string | number, [Path, GraphQLError]>();
  #empty = true;

  get isEmpty(): boolean {
    return this.#empty;
  }

  add(path: Path, error: GraphQLError): void {
    this.#empty = false;
    let place = this.#root;
    for (const segment of path) {
      let next = place.below.get(segment);
      if (next === undefined) {
        next = { errors: [], below: new Map() };
        place.below.set(segment, next);
      }
      place = next;
    }
    place.errors.push(error);
  }

  /** What failed at a place has emptied the answers to these fields, too. */
  empty(keys: Iterable<string>, at: Path, error: GraphQLError): void {
    for (const key of keys) this.#emptied.set(key, [at, error]);
  }

  /** What has emptied the answer to a field at the top, and where that failed. */
  emptier([key = "", ...below]: Path): [Path, GraphQLError] | undefined {
    return below.length === 0 ? this.#emptied.get(key) : undefined;
  }

  /** What failed at a place, or below it and has left it empty too, each with where it failed. */
  within(path: Path): [Path, GraphQLError][] {
    let place: Place | undefined = this.#root;
    for (const segment of path) place = place?.below.get(segment);
    const found: [Path, GraphQLError][] = [];
    const collect = ({ errors, below }: Place, at: Path): void => {
      for (const error of errors) found.push([at, error]);
      for (const [segment, next] of below) collect(next, [...at, segment]);
    };
    if (place) collect(place, path);
    return found;
  }

  /** What failed nearest above a place. */
  above(path: Path): GraphQLError | undefined {
    let place: Place | undefined = this.#root;
    let nearest = place.errors[0];
    for (const segment of path) {
      place = place.below.get(segment);
      if (place === undefined) break;
      nearest = place.errors[0] ?? nearest;
    }
    return nearest;
  }
}
