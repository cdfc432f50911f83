import own from "../lt.json";
import condition from "../parts/condition.lt.json";
import map from "../parts/map.lt.json";

export default { ...own, ...condition, ...map };
