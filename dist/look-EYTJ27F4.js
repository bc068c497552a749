import{lookOf}from"./chunk-EWWYDSNO.js";import"./chunk-NJBTAX24.js";export{lookOf};
