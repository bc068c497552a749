import{__name}from"./chunk-NJBTAX24.js";function finding(check,status,seen,advice){return{check,status,seen,advice}}__name(finding,"finding");export{finding};
