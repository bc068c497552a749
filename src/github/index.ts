// What GitHub says of a run: a client of its REST API, whatever host a step runs on. What an answer means for evidence is
// the step's to say. May import `src/errors`.

export { fetchReviews, type RunReview } from "./fetch-reviews.ts";
