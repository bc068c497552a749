import{__commonJS}from"./chunk-NJBTAX24.js";var require_buffer=__commonJS({"builtin:buffer"(exports,module){module.exports=process.getBuiltinModule("buffer")}});export{require_buffer};
